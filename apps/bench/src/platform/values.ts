/** Values of the key-value comparison: the same keys and bytes for every arm, each checked by whoever gets it. */

export interface ValuesArgs {
  readonly prefix: string;
  readonly count: number;
  readonly bytes: number;
}

export interface GetsArgs extends ValuesArgs {
  readonly inFlightMax: number;
}

export const keyName = (prefix: string, index: number): string => `${prefix}/${index}`;

/** Random bytes would be no different to any arm: nothing compresses. The first four tell the values apart. */
export const valueBytes = (index: number, bytes: number): Buffer => {
  const value = Buffer.alloc(bytes, index);
  value.writeUInt32LE(index);
  return value;
};

export const checkValue = (value: Uint8Array | null | undefined, index: number, bytes: number): void => {
  if (value?.length === bytes) {
    const stamp = value[0]! | (value[1]! << 8) | (value[2]! << 16) | (value[3]! << 24);
    if (stamp === index) return;
  }
  throw new Error(`value ${index} is not what was put: it should have ${bytes} bytes and begin with its number`);
};
