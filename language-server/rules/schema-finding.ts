/** From a finding of the schema validator to one of a rule. */
import type { SchemaFinding } from "../schema/finding.ts";
import type { Finding } from "./rule.ts";

export function toFinding({ range, message, related, fixes }: SchemaFinding): Finding {
  return {
    span: range,
    message,
    related: (related ?? []).map((one) => ({ message: one.message, at: one.range })),
    fixes: (fixes ?? []).map((fix, at) => ({
      title: fix.title,
      edits: [{ span: fix.range, text: fix.text }],
      preferred: at === 0,
    })),
  };
}
