/** `eau2 get NAME | head` has what it wants before we are done: no reader is no failure. */
export const endQuietlyWithoutReader = (stream: NodeJS.WriteStream): void => {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
};
