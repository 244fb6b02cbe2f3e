/** What commands that talk to a cluster share: its address, the token, and the end of the connection. */
import { type Eau2, open, parseClusterUrl } from "@eau2/application";
import { DEFAULT_LISTEN, named } from "../config.js";

export interface ClientFlags {
  readonly cluster?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly json?: boolean | undefined;
}

export const DEFAULT_CLUSTER = `ws://${DEFAULT_LISTEN}`;

export const withCluster = async <T>(
  { cluster = DEFAULT_CLUSTER, tokenFile }: ClientFlags,
  use: (eau2: Eau2) => Promise<T>,
): Promise<T> => {
  named("--cluster", () => parseClusterUrl(cluster));
  const eau2 = await open(cluster, {
    name: `eau2-${process.pid}`,
    ...(tokenFile === undefined ? {} : { tokenFile }),
  });
  try {
    return await use(eau2);
  } finally {
    await eau2.close();
  }
};

export const print = (text: string): void => {
  process.stdout.write(text);
};
