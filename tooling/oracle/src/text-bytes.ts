/**
 * Text of the reference: one character for each byte of its UTF-8, so that `===` and `<` are of bytes and invalid bytes stay
 * apart. Functions on characters decode first, as a `TextDecoder` does.
 */
export const bytesOf = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

export const textOf = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

export const isValidText = (bytes: string): boolean => bytesOf(textOf(bytes)) === bytes;
