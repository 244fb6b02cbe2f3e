/**
 * Epoch-based reclamation: what was retired is used again when everyone who could still see it has finished.
 * A reader (a task, a send in progress) holds a ticket from before it looks anything up until it is done. An item
 * retired at epoch e can only be known to tickets entered before e, so it comes back when the oldest ticket left is
 * not older than e. Nothing is noted per item and reader; the price is that one long reader holds back all that was
 * retired since it entered.
 * @see Fraser, "Practical lock-freedom", University of Cambridge, 2004, section 5.2.3.
 */

declare const ticketBrand: unique symbol;
/** Held by a reader; opaque. */
export interface EpochTicket {
  readonly [ticketBrand]: true;
}

/** Tickets that are out form a list in order of entry, so that the oldest is known without a search. */
class Ticket {
  declare readonly [ticketBrand]: true;
  older: Ticket | undefined;
  newer: Ticket | undefined;
  isOut = true;
  constructor(
    readonly owner: object,
    readonly epoch: number,
  ) {}
}

/** Collected items are cut off the front of the queue when they are this many and half of it. */
const COLLECTED_ITEMS_MAX = 1_024;

/** All operations are O(1), amortized; memory is O(tickets out + items retired). */
export class TaskEpochs<Item> {
  readonly #onReusable: (item: Item) => void;
  #epoch = 0;
  #oldest: Ticket | undefined;
  #newest: Ticket | undefined;
  #ticketCount = 0;
  /** A queue in order of retirement: items from `#collected` on still wait; `#retiredAt` has the epoch of each. */
  #items: Item[] = [];
  #retiredAt: number[] = [];
  #collected = 0;

  /** @param onReusable - called once for each retired item, in order of retirement, from within `leave` or `retire`. */
  constructor(onReusable: (item: Item) => void) {
    this.#onReusable = onReusable;
  }

  /** Tickets that are out. */
  get ticketCount(): number {
    return this.#ticketCount;
  }

  /** Items that wait for a ticket to be left. */
  get retiredCount(): number {
    return this.#items.length - this.#collected;
  }

  enter(): EpochTicket {
    const ticket = new Ticket(this, this.#epoch++);
    ticket.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = ticket;
    else this.#newest.newer = ticket;
    this.#newest = ticket;
    this.#ticketCount++;
    return ticket;
  }

  /** The holder of `ticket` looks at nothing any more. Leaving twice is a broken invariant. */
  leave(entered: EpochTicket): void {
    const ticket = entered as Ticket;
    if (!ticket.isOut || ticket.owner !== this)
      throw new Error("invariant: an epoch ticket is left once, where it was entered");
    ticket.isOut = false;
    const { older, newer } = ticket;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    ticket.older = undefined;
    ticket.newer = undefined;
    this.#ticketCount--;
    if (older === undefined) this.#collect();
  }

  /** `item` can no longer be looked up; it is handed to `onReusable` when every ticket that is out now was left. */
  retire(item: Item): void {
    if (this.#oldest === undefined) {
      this.#onReusable(item);
      return;
    }
    this.#items.push(item);
    this.#retiredAt.push(this.#epoch);
  }

  #collect(): void {
    const visibleFrom = this.#oldest === undefined ? Number.POSITIVE_INFINITY : this.#oldest.epoch;
    while (this.#collected < this.#items.length && this.#retiredAt[this.#collected]! <= visibleFrom) {
      this.#onReusable(this.#items[this.#collected++]!);
    }
    if (this.#collected === this.#items.length) {
      this.#items = [];
      this.#retiredAt = [];
      this.#collected = 0;
    } else if (this.#collected > COLLECTED_ITEMS_MAX && this.#collected * 2 > this.#items.length) {
      this.#items.splice(0, this.#collected);
      this.#retiredAt.splice(0, this.#collected);
      this.#collected = 0;
    }
  }
}
