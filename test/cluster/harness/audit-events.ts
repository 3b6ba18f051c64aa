/** Reads the audit log of an API server, from a position in it. What its lines mean is for others. */
import { closeSync, openSync, readSync, statSync } from "node:fs";

export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly apiVersion?: string;
    readonly resource: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code: number };
  /** Where the policy says `Request`. */
  readonly requestObject?: {
    readonly metadata?: {
      readonly name?: string;
      readonly labels?: Readonly<Record<string, string>> | null;
    };
  };
}

/** Where the log ends now. */
export function auditPosition(file: string): number {
  return statSync(file).size;
}

/** Everything since a position, in the order in which it was answered. */
export function auditEvents(file: string, from: number): readonly AuditEvent[] {
  const buffer = Buffer.alloc(statSync(file).size - from);
  const handle = openSync(file, "r");
  readSync(handle, buffer, 0, buffer.length, from);
  closeSync(handle);
  return buffer
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as AuditEvent);
}

/** Secrets in which Helm keeps its releases. */
export function isHelmStorage({ objectRef }: AuditEvent): boolean {
  return (
    objectRef?.resource === "secrets" && objectRef.name?.startsWith("sh.helm.release.v1.") === true
  );
}
