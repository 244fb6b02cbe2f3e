/** Sessions with clients: they come to us, are in no directory, and are forgotten as soon as they have gone. */
import type { LinkHello } from "@eau2/protocol";
import type { DeadlineWheel } from "../session/deadline-wheel.js";
import type { ChannelPair } from "../session/outgoing-requests.js";
import type { RequestHandlers } from "../session/request-types.js";
import { Session } from "../session/session.js";
import type { MeshOptions } from "./mesh-options.js";

const keyOf = (hello: LinkHello): string => `${hello.nodeId} ${hello.incarnation}`;

export class ClientSessions {
  readonly #sessions = new Map<string, Session>();

  constructor(
    private readonly options: MeshOptions,
    private readonly wheel: DeadlineWheel,
    private readonly handlers: RequestHandlers<Session>,
  ) {}

  get size(): number {
    return this.#sessions.size;
  }

  get all(): Session[] {
    return [...this.#sessions.values()];
  }

  has(hello: LinkHello): boolean {
    return this.#sessions.has(keyOf(hello));
  }

  attach(hello: LinkHello, pair: ChannelPair): void {
    const key = keyOf(hello);
    let session = this.#sessions.get(key);
    if (session === undefined) {
      session = this.#newSession(key, hello);
      this.#sessions.set(key, session);
    }
    session.attach(pair);
  }

  #newSession(key: string, hello: LinkHello): Session {
    return new Session({
      remote: `client ${hello.name}`,
      incarnation: hello.incarnation,
      clock: this.options.clock,
      wheel: this.wheel,
      handlers: this.handlers,
      keepAlive: false,
      client: true,
      dial: undefined,
      onEvent: (from, kind, control) => this.options.onEvent?.(from, kind, control),
      onGone: (_session, reason) => {
        this.#sessions.delete(key);
        this.options.onPeerGone?.(hello.nodeId, reason);
      },
    });
  }
}
