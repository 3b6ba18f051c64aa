/** Why the API server could not be asked, in the words of the person who wanted it. Never contains a credential. */

export type ConnectionProblem =
  /** The kubeconfig lacks what is needed. */
  | "kubeconfig"
  /** The exec plugin failed; `detail` is what it wrote to its standard error. */
  | "exec-plugin"
  /** Nobody answered, or not in time. */
  | "unreachable"
  /** The certificate of the server is not to be trusted. */
  | "certificate"
  /** 401. */
  | "unauthorized";

export class ConnectionError extends Error {
  readonly problem: ConnectionProblem;
  readonly detail: string;
  constructor(problem: ConnectionProblem, message: string, detail = "") {
    super(message);
    this.problem = problem;
    this.detail = detail;
  }
}

/** An answer of the API server that is no success. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  /** Seconds to wait before asking again, when the server said so. */
  readonly retryAfter: number | undefined;
  /** What the server wrote. */
  readonly body: string;
  constructor(
    code: number,
    reason: string,
    message: string,
    { retryAfter, body = "" }: { readonly retryAfter?: number; readonly body?: string } = {},
  ) {
    super(message);
    this.body = body;
    this.code = code;
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}

export function isStatus(error: unknown, code: number): error is StatusError {
  return error instanceof StatusError && error.code === code;
}
