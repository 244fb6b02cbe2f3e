/**
 * Text as JavaScript's strings and back, without losing bytes that are no UTF-8: such a byte `b` is the lone surrogate
 * U+DC00 + b meanwhile, which no UTF-8 stands for. (PEP 383, "Non-decodable bytes in system character interfaces".)
 */
import { decodeText } from "../../column/decode-text.js";
import { LONE_BYTE } from "../../vector/text-builder.js";
import { characterBytes } from "./text-bytes.js";

export const decodeExact = (bytes: Uint8Array, start: number, end: number): string => {
  const text = decodeText(bytes.subarray(start, end));
  // Either a byte was replaced, or somebody wrote this character: seldom, and told apart below.
  return text.includes("\ufffd") ? decodeByCharacters(bytes, start, end) : text;
};

const decodeByCharacters = (bytes: Uint8Array, start: number, end: number): string => {
  let text = "";
  for (let at = start; at < end; ) {
    const length = characterBytes(bytes, at, end);
    const isLone = length === 1 && bytes[at]! >= 0x80;
    text += isLone ? String.fromCharCode(LONE_BYTE + bytes[at]!) : decodeText(bytes.subarray(at, at + length));
    at += length;
  }
  return text;
};
