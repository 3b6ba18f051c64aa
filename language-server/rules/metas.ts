/** What all rules say of themselves: for lists in documentation and reports. */
import { syntaxMeta } from "./check-file.ts";
import { rules } from "./index.ts";
import type { RuleMeta } from "./rule.ts";

export const ruleMetas: readonly RuleMeta[] = [syntaxMeta, ...rules.map(({ meta }) => meta)];
