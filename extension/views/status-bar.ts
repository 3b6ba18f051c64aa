/** Draws the counts in the status bar; a click shows the Preview. */
import { StatusBarAlignment, window } from "vscode";

import type { PlanStore } from "../client/plan-store.ts";
import { statusText } from "../model/overview.ts";
import { WithDisposables } from "../platform/disposables.ts";
import { previewViewId } from "./preview.ts";

export class StatusBar extends WithDisposables {
  constructor(store: PlanStore) {
    super();
    const item = this.own(window.createStatusBarItem("sluice.status", StatusBarAlignment.Left, 10));
    item.name = "Sluice";
    item.command = { command: `${previewViewId}.focus`, title: "Show the Preview" };
    const draw = (): void => {
      const status = statusText(store.views);
      if (!status) return item.hide();
      item.text = status.text;
      item.tooltip = status.tooltip;
      item.accessibilityInformation = { label: status.accessibleLabel };
      item.show();
    };
    this.own(store.onDidChange(draw));
    draw();
  }
}
