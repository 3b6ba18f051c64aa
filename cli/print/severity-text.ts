/** The word for how bad something is, in its colour. */
import type { Severity } from "#language-server/lint";

import type { Style } from "./style.ts";

export function severityText(severity: Severity, style: Style): string {
  switch (severity) {
    case "error":
      return style.bad("error");
    case "warning":
      return style.attention("warning");
    case "information":
      return style.accent("information");
    case "hint":
      return style.faint("hint");
  }
}
