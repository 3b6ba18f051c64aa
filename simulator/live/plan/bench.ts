/** What all steps of putting a cluster's plan together share. */
import type { AssembleContext } from "./assemble.ts";
import type { SecretValues } from "./secrets.ts";
import type { Shower } from "./shown-change.ts";
import type { Survey } from "./survey.ts";

export interface Bench {
  readonly survey: Survey;
  readonly context: AssembleContext;
  readonly secrets: SecretValues;
  readonly shower: Shower;
}
