/** The hello: who is who, on a link whose token is proved and before anything else is said. */
import { Eau2Error, ErrorRecord, LinkHello, LinkWelcome, PROTOCOL_VERSION, toEau2Error } from "@eau2/protocol";
import { decodeControl } from "@eau2/serialization";
import type { Clock } from "../clock.js";
import type { Channel } from "../session/channel.js";
import { errorFromRecord, errorToRecord } from "../session/error-record.js";

const HELLO_TIMEOUT_MS = 2_000;

/** Waits for the first frame of a channel. */
const firstFrame = <T>(channel: Channel, clock: Clock, read: (kind: string, control: Uint8Array) => T): Promise<T> =>
  new Promise((resolve, reject) => {
    const finish = (act: () => void) => {
      cancelTimer();
      channel.hold();
      act();
    };
    const cancelTimer = clock.after(HELLO_TIMEOUT_MS, () => {
      const error = new Eau2Error("PEER_GONE", `${channel.remote} said nothing for ${HELLO_TIMEOUT_MS} ms`, {
        peer: channel.remote,
      });
      finish(() => reject(error));
      channel.destroy(error.message);
    });
    channel.handle({
      frame: ({ kind, control }) => {
        try {
          const value = read(kind, control);
          finish(() => resolve(value));
        } catch (error) {
          finish(() => reject(toEau2Error(error, "DATA_INVALID")));
        }
      },
      // Not destroyed at once: a peer of another version is told so.
      invalid: (error) => finish(() => reject(error)),
      close: (reason) =>
        finish(() =>
          reject(new Eau2Error("PEER_GONE", `${channel.remote} closed the link: ${reason}`, { peer: channel.remote })),
        ),
    });
  });

/** The dialing side. @throws the refusal of the other side, with its code. */
export const sayHello = (channel: Channel, clock: Clock, hello: LinkHello): Promise<LinkWelcome> => {
  const answer = firstFrame(channel, clock, (kind, control) => {
    if (kind === "link.refuse") throw errorFromRecord(ErrorRecord.parse(decodeControl(control)), channel.remote);
    if (kind !== "link.welcome")
      throw new Eau2Error("DATA_INVALID", `${channel.remote} answered the hello with ${kind}`);
    return LinkWelcome.parse(decodeControl(control));
  });
  channel.send("link.hello", { control: hello });
  return answer;
};

/** The accepting side. @throws {@link Eau2Error} `VERSION_MISMATCH` and the like, after the peer was told. */
export const awaitHello = async (channel: Channel, clock: Clock): Promise<LinkHello> => {
  try {
    return await firstFrame(channel, clock, (kind, control) => {
      if (kind !== "link.hello") throw new Eau2Error("DATA_INVALID", `${kind} instead of a hello`);
      const hello = LinkHello.parse(decodeControl(control));
      if (hello.protocolVersion !== PROTOCOL_VERSION) {
        throw new Eau2Error(
          "VERSION_MISMATCH",
          `the peer speaks protocol version ${hello.protocolVersion}, this node ${PROTOCOL_VERSION}; run the same version of eau2 on every machine`,
          { theirs: hello.protocolVersion, ours: PROTOCOL_VERSION },
        );
      }
      return hello;
    });
  } catch (error) {
    refuseHello(channel, error);
    throw error;
  }
};

export const refuseHello = (channel: Channel, error: unknown): void => {
  channel.send("link.refuse", { control: errorToRecord(error) });
  channel.close();
};
