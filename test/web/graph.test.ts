/** The graph of the working tree in VS Code for the Web: its page loads, runs, and asks for what it draws. */
import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import { until } from "../support/until.ts";

suite("Graph on the web", () => {
  test("the page of the working tree's graph is drawn", async () => {
    const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
    if (extension === undefined) throw new Error("the extension is not there");
    const api = await extension.activate();
    await until("the first plan", () => api.folders()[0]?.plan !== undefined);
    await vscode.commands.executeCommand("sluice.showGraph");
    await until("a drawing", () => api.graphDrawings() > 0);
    const { tabs } = vscode.window.tabGroups.activeTabGroup;
    const graphs = tabs.filter(({ label }) => label.startsWith("Graph: "));
    if (graphs.length !== 1) throw new Error(`${graphs.length} graphs are open`);
    await vscode.window.tabGroups.close(graphs);
  });
});
