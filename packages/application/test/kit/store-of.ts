import { JobClient } from "../../src/session/job-client.js";
import { StoreClient, type StoreParts } from "../../src/session/store-client.js";

/** The store as a client sees it. */
export const storeOf = (parts: StoreParts): StoreClient => new StoreClient(parts, new JobClient(parts));
