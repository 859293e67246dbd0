/** Waits around calls to Azure, in milliseconds. Settings; nothing in the code shortens them. */
export type CallTiming = Readonly<{
  /** The longest a single request may take. The SDK has no time-out of its own. */
  timeout: number;
  /** After `started + timeout`, how much longer nobody looks: the request may still be landing. */
  margin: number;
  /** The span over which several equal looks prove that a request had no effect. */
  settleWindow: number;
  /** How many equal looks that takes; at least 2. */
  settleLooks: number;
  /** How many answers of 200 in a row, each on a fresh connection, prove a key. */
  proofAnswers: number;
  /** Between two tries to prove a key, and the time after which it is given up. */
  proofEvery: number;
  proofWithin: number;
}>;
