/**
 * The memory of a node: ranges of large `SharedArrayBuffer`s that every worker thread reads in place.
 *
 * A buffer per value would meet the kernel's limit on mappings, and a dropped one stays resident while a worker that
 * has seen it sits idle; so memory comes in slabs that are kept and used again. Small and middling ranges share slabs;
 * the first slab with room is taken, so that those behind it run empty. A range above half a slab gets a slab of its
 * own (two of them would not fit into one, and what is left over beside one is often wasted).
 *
 * A freed range is used again when every ticket that was out has been left ({@link TaskEpochs}). Empty slabs are kept
 * until their place is needed; letting one go takes a while, because the workers must forget it first, and its bytes
 * count until then. Accounts: used + budget left = budget; reserved = slabs held, at most the budget and one slab.
 */
import { Eau2Error, isEau2Error } from "@eau2/protocol";
import type { Range, RangeRef } from "./range.js";
import { SharedSlabs } from "./shared-slabs.js";
import { GRANULE_BYTES, ownSlabBytes } from "./size-class.js";
import type { Slab } from "./slab.js";
import { SlabSpace } from "./slab-space.js";
import { type EpochTicket, TaskEpochs } from "./task-epochs.js";

export const SLAB_BYTES = 64 * 1024 ** 2;
/** A kept slab serves a value of its own only if no larger than this times what a new one would have. */
const KEPT_SLAB_RATIO_MAX = 1.5;

export interface SlabPoolOptions {
  /** Live ranges, in bytes, may come to this; the next one is `MEMORY_EXCEEDED`. */
  readonly budgetBytes: number;
  /** Makes a slab; a `RangeError` of it counts as memory that is not there. */
  readonly allocateSlab: (bytes: number) => SharedArrayBuffer;
  /** Called once before an allocation fails: what can be given up is freed here. Must not allocate. */
  readonly onPressure?: (bytesNeeded: number) => void;
  /**
   * Called when slabs were let go. Whoever handed them to workers makes these forget them; the slabs' bytes count as
   * `lettingGoBytes` until the promise is settled.
   */
  readonly onRelease?: (slabIds: readonly number[]) => Promise<void> | undefined;
  /** Bytes of a shared slab, a power of two of at least 1,024. @defaultValue {@link SLAB_BYTES} */
  readonly slabBytes?: number;
}

export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** The caller holds a ticket, so retired ranges may wait for the caller itself: it does not wait for them. */
  readonly holdsTicket?: boolean;
}

type Refusal = "over budget" | "no room";

const MEBIBYTE = 1024 ** 2;
const printBytes = (bytes: number): string =>
  bytes < MEBIBYTE ? `${bytes} bytes` : `${(bytes / MEBIBYTE).toFixed(1)} MiB`;

/** Names its slab by id only: a stale range must not keep a slab alive. */
class PoolRange implements Range {
  readonly #pool: SlabPool;
  constructor(
    pool: SlabPool,
    readonly slabId: number,
    readonly offset: number,
    readonly bytes: number,
  ) {
    this.#pool = pool;
  }
  view(): Uint8Array {
    return this.#pool.viewOf(this);
  }
}

export class SlabPool {
  readonly budgetBytes: number;
  readonly slabBytes: number;
  readonly #options: SlabPoolOptions;
  readonly #epochs = new TaskEpochs<RangeRef>((ref) => this.#reuse(ref));
  readonly #slabs = new Map<number, Slab>();
  readonly #shared = new SharedSlabs();
  /** Slabs without any range, least recently emptied first. */
  readonly #empty = new Set<Slab>();
  readonly #waiters = new Set<() => void>();
  #nextSlabId = 1;
  #usedBytes = 0;
  #retiredBytes = 0;
  #heldBytes = 0;
  #lettingGoBytes = 0;

  constructor(options: SlabPoolOptions) {
    this.#options = options;
    this.budgetBytes = options.budgetBytes;
    this.slabBytes = options.slabBytes ?? SLAB_BYTES;
  }

  /** Live ranges, rounded up to granules of 64 bytes or to their own slab. */
  get usedBytes(): number {
    return this.#usedBytes;
  }
  /** Freed ranges that a task may still see. */
  get retiredBytes(): number {
    return this.#retiredBytes;
  }
  /** Slabs held, and slabs let go that workers may not have forgotten yet. At most the budget plus one slab. */
  get reservedBytes(): number {
    return this.#heldBytes + this.#lettingGoBytes;
  }
  get lettingGoBytes(): number {
    return this.#lettingGoBytes;
  }
  get slabCount(): number {
    return this.#slabs.size;
  }
  /** False once a slab was let go. */
  holds(slabId: number): boolean {
    return this.#slabs.has(slabId);
  }
  /** The largest range that would fit without another slab. */
  get largestFreeBytes(): number {
    let largest = 0;
    for (const { space, granuleBytes } of this.#slabs.values())
      largest = Math.max(largest, space.largestFree() * granuleBytes);
    return largest;
  }

  /**
   * A range of `bytes` (0 is allowed), 64-byte aligned, with undefined content.
   * @throws {@link Eau2Error} `MEMORY_EXCEEDED` when the budget is used up, or when nothing is free at the moment;
   * the details have all accounts. In the second case {@link waitAndAllocate} may succeed.
   * @remarks Well below 1 us for small ranges, and no memory apart from the range object.
   */
  allocate(bytes: number): Range {
    const range = this.#tryAllocate(bytes);
    if (typeof range === "string") throw this.#exceeded(bytes, range);
    return range;
  }

  /**
   * As {@link allocate}, but waits for ranges that are retired and slabs that are being let go, as long as these could
   * make room. What is over the budget is not waited for.
   * @throws {@link Eau2Error} `MEMORY_EXCEEDED`, `CANCELLED` or what else the signal was aborted with.
   */
  async waitAndAllocate(bytes: number, { signal, holdsTicket = false }: WaitOptions = {}): Promise<Range> {
    for (;;) {
      const range = this.#tryAllocate(bytes);
      if (typeof range !== "string") return range;
      const comingBytes = this.#lettingGoBytes + (holdsTicket ? 0 : this.#retiredBytes);
      if (range === "over budget" || comingBytes === 0) throw this.#exceeded(bytes, range);
      await this.#change(signal);
    }
  }

  /** Gives a live range back; its bytes are used again when nobody can see them. Freeing twice is a broken invariant. */
  free(ref: RangeRef): void {
    const slab = this.#slabOf(ref);
    const chargedBytes = slab.space.retire(ref.offset / slab.granuleBytes) * slab.granuleBytes;
    this.#usedBytes -= chargedBytes;
    this.#retiredBytes += chargedBytes;
    this.#epochs.retire(ref);
  }

  /** Keeps the first `bytes` of a live range and frees the rest. @returns what is left; `ref` is not used again */
  trim(ref: RangeRef, bytes: number): Range {
    if (bytes > ref.bytes) throw new Error(`invariant: a range of ${ref.bytes} bytes is not trimmed to ${bytes}`);
    const slab = this.#slabOf(ref);
    const start = ref.offset / slab.granuleBytes;
    const kept = Math.max(1, Math.ceil(bytes / slab.granuleBytes));
    if (kept < slab.space.sizeOf(start)) {
      slab.space.split(start, kept);
      const offset = (start + kept) * slab.granuleBytes;
      this.free({ slabId: slab.id, offset, bytes: ref.offset + ref.bytes - offset });
    }
    return new PoolRange(this, slab.id, ref.offset, bytes);
  }

  /** Entered by whoever reads ranges beyond this turn of the event loop; see {@link TaskEpochs}. */
  enter(): EpochTicket {
    return this.#epochs.enter();
  }
  leave(ticket: EpochTicket): void {
    this.#epochs.leave(ticket);
  }

  /** The bytes of `ref` in place. */
  viewOf({ slabId, offset, bytes }: RangeRef): Uint8Array {
    return new Uint8Array(this.slabBuffer(slabId), offset, bytes);
  }

  /** The slab itself, to be posted to a worker once. */
  slabBuffer(slabId: number): SharedArrayBuffer {
    const slab = this.#slabs.get(slabId);
    if (slab === undefined) throw new Error(`invariant: slab ${slabId} was let go`);
    return slab.buffer;
  }

  #slabOf({ slabId, offset }: RangeRef): Slab {
    const slab = this.#slabs.get(slabId);
    if (slab === undefined || offset % slab.granuleBytes !== 0) {
      throw new Error(`invariant: slab ${slabId} has no range at ${offset}`);
    }
    return slab;
  }

  #tryAllocate(bytes: number): Range | Refusal {
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new Error(`invariant: a range of ${bytes} bytes`);
    const place = bytes > this.slabBytes / 2 ? this.#placeAlone : this.#placeShared;
    const first = place.call(this, bytes);
    if (typeof first !== "string" || this.#options.onPressure === undefined) return first;
    const overBytes = this.#usedBytes + bytes - this.budgetBytes;
    this.#options.onPressure(overBytes > 0 ? overBytes : bytes);
    return place.call(this, bytes);
  }

  #placeShared(bytes: number): Range | Refusal {
    const granules = Math.max(1, Math.ceil(bytes / GRANULE_BYTES));
    if (this.#usedBytes + granules * GRANULE_BYTES > this.budgetBytes) return "over budget";
    const open = this.#shared.take(granules);
    if (open !== undefined) return this.#taken(open, this.#shared.takenStart, bytes, granules);
    const slab = this.#addSlab(this.slabBytes, GRANULE_BYTES);
    if (slab === undefined) return "no room";
    this.#shared.add(slab);
    return this.#taken(slab, slab.space.take(granules), bytes, granules);
  }

  #placeAlone(bytes: number): Range | Refusal {
    const newBytes = ownSlabBytes(bytes);
    let best: Slab | undefined;
    for (const slab of this.#empty) {
      if (slab.position >= 0 || slab.bytes < bytes || slab.bytes > newBytes * KEPT_SLAB_RATIO_MAX) continue;
      if (this.#usedBytes + slab.bytes > this.budgetBytes) continue;
      if (best === undefined || slab.bytes < best.bytes) best = slab;
    }
    if (best === undefined) {
      if (this.#usedBytes + newBytes > this.budgetBytes) return "over budget";
      best = this.#addSlab(newBytes, newBytes);
      if (best === undefined) return "no room";
    }
    return this.#taken(best, best.space.take(1), bytes, 1);
  }

  #taken(slab: Slab, start: number, bytes: number, granules: number): Range {
    this.#usedBytes += granules * slab.granuleBytes;
    if (this.#empty.size > 0) this.#empty.delete(slab);
    return new PoolRange(this, slab.id, start * slab.granuleBytes, bytes);
  }

  #addSlab(bytes: number, granuleBytes: number): Slab | undefined {
    if (!this.#makeRoom(bytes)) return undefined;
    let buffer: SharedArrayBuffer;
    try {
      buffer = this.#options.allocateSlab(bytes);
    } catch (error) {
      throw this.#exceeded(bytes, "no room", error);
    }
    const space = new SlabSpace(bytes / granuleBytes);
    const slab: Slab = { id: this.#nextSlabId++, bytes, granuleBytes, buffer, space, position: -1 };
    this.#slabs.set(slab.id, slab);
    this.#heldBytes += bytes;
    return slab;
  }

  /** Lets empty slabs go, least recently used first, until a slab of `bytes` fits. @returns whether it fits now */
  #makeRoom(bytes: number): boolean {
    const heldBytesMax = this.budgetBytes + this.slabBytes - bytes;
    let emptyBytes = 0;
    for (const slab of this.#empty) emptyBytes += slab.bytes;
    // When even all of them would not do, they are worth more kept.
    if (this.#heldBytes - emptyBytes > heldBytesMax) return false;
    const gone: Slab[] = [];
    for (const slab of this.#empty) {
      if (this.#heldBytes <= heldBytesMax) break;
      this.#empty.delete(slab);
      this.#slabs.delete(slab.id);
      this.#heldBytes -= slab.bytes;
      if (slab.position >= 0) this.#shared.remove(slab);
      gone.push(slab);
    }
    if (gone.length > 0) this.#letGo(gone);
    return this.reservedBytes <= heldBytesMax;
  }

  #letGo(slabs: readonly Slab[]): void {
    const forgotten = this.#options.onRelease?.(slabs.map(({ id }) => id));
    if (forgotten === undefined) return;
    const bytes = slabs.reduce((sum, slab) => sum + slab.bytes, 0);
    this.#lettingGoBytes += bytes;
    const settle = (): void => {
      this.#lettingGoBytes -= bytes;
      this.#announceChange();
    };
    forgotten.then(settle, settle);
  }

  #reuse({ slabId, offset }: RangeRef): void {
    const slab = this.#slabs.get(slabId)!;
    this.#retiredBytes -= slab.space.release(offset / slab.granuleBytes) * slab.granuleBytes;
    if (slab.position >= 0) this.#shared.freed(slab);
    if (slab.space.isEmpty) this.#empty.add(slab);
    if (this.#waiters.size > 0) this.#announceChange();
  }

  #announceChange(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiters.delete(wake);
        const cancelled = new Eau2Error(
          "CANCELLED",
          "the wait for memory was cancelled",
          {},
          { cause: signal?.reason },
        );
        reject(isEau2Error(signal?.reason) ? signal.reason : cancelled);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      if (signal?.aborted) return stop();
      signal?.addEventListener("abort", stop, { once: true });
      this.#waiters.add(wake);
    });
  }

  #exceeded(bytes: number, refusal: Refusal, cause?: unknown): Eau2Error {
    const state =
      refusal === "over budget"
        ? `${printBytes(this.#usedBytes)} of the budget of ${printBytes(this.budgetBytes)} are used`
        : `no free range is large enough (largest ${printBytes(this.largestFreeBytes)}, ` +
          `${printBytes(this.reservedBytes)} held for a budget of ${printBytes(this.budgetBytes)})`;
    const message = `allocate ${printBytes(bytes)}: ${state}; raise --memory, drop frames or keys, or add nodes`;
    const details = {
      requestedBytes: bytes,
      usedBytes: this.#usedBytes,
      retiredBytes: this.#retiredBytes,
      reservedBytes: this.reservedBytes,
      lettingGoBytes: this.#lettingGoBytes,
      largestFreeBytes: this.largestFreeBytes,
      budgetBytes: this.budgetBytes,
    };
    return new Eau2Error("MEMORY_EXCEEDED", message, details, { cause });
  }
}
