/**
 * Text of the reference: one character for each byte of its UTF-8, so that `===` and `<` are of bytes and invalid bytes stay
 * apart. Functions on characters decode first; a byte that is no UTF-8 becomes a character of its own, a lone surrogate, and
 * that byte again afterwards (as in Python: PEP 383, "Non-decodable bytes in system character interfaces").
 */
const ESCAPE = 0xdc00;

export const bytesOf = (text: string): string =>
  [...text]
    .map((character) => {
      const code = character.codePointAt(0)!;
      return code >= ESCAPE && code < ESCAPE + 0x100
        ? String.fromCharCode(code - ESCAPE)
        : Buffer.from(character, "utf8").toString("latin1");
    })
    .join("");

/** Bytes of the character that begins with a byte; 0 for bytes that none begins with. */
const characterLength = (first: number): number => {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
};

export const textOf = (bytes: string): string => {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes.charCodeAt(at));
    const part = bytes.slice(at, at + length);
    const character = Buffer.from(part, "latin1").toString("utf8");
    const isCharacter = length > 0 && Buffer.from(character, "utf8").toString("latin1") === part;
    text += isCharacter ? character : String.fromCharCode(ESCAPE + bytes.charCodeAt(at));
    at += isCharacter ? length : 1;
  }
  return text;
};

export const isValidText = (bytes: string): boolean => !/[\udc80-\udcff]/u.test(textOf(bytes));
