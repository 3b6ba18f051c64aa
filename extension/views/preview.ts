/** Draws the preview tree. Elements are node ids, so that a node keeps its place and its expansion across plans. */
import type { Event, TreeDataProvider, TreeView } from "vscode";
import {
  EventEmitter,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  commands,
  window,
} from "vscode";

import type { PlanStore } from "../client/plan-store.ts";
import type { FolderViews } from "../model/folder-view.ts";
import type { WelcomeState } from "../model/overview.ts";
import { badge, viewDescription, viewMessage, welcomeState } from "../model/overview.ts";
import type { PreviewNode, PreviewTree } from "../model/preview-node.ts";
import { changedNodes, emptyTree, previewTree } from "../model/preview-tree.ts";
import { ContextKey } from "../platform/context-key.ts";
import { WithDisposables } from "../platform/disposables.ts";
import type { Settings } from "../platform/settings.ts";

export const previewViewId = "sluice.preview";

export class PreviewView extends WithDisposables implements TreeDataProvider<string> {
  readonly #store: PlanStore;
  readonly #settings: Settings;
  readonly #view: TreeView<string>;
  readonly #state = new ContextKey<string>("sluice.view");
  readonly #filter = new ContextKey<string>("sluice.filter");
  readonly #fired = this.own(new EventEmitter<string[] | undefined>());
  readonly onDidChangeTreeData: Event<string[] | undefined> = this.#fired.event;
  #tree: PreviewTree = emptyTree;
  #finishProgress: (() => void) | undefined;

  constructor(store: PlanStore, settings: Settings) {
    super();
    this.#store = store;
    this.#settings = settings;
    this.#view = this.own(
      window.createTreeView(previewViewId, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.own(store.onDidChange(() => this.update()));
    this.own(settings.onDidChange(() => this.update()));
    this.update();
  }

  /** What is drawn at the moment. */
  get tree(): PreviewTree {
    return this.#tree;
  }

  node(id: string | undefined): PreviewNode | undefined {
    return id === undefined ? undefined : this.#tree.nodes.get(id);
  }

  /** Selects a node; one that the filter hides brings the view to the front and nothing more. */
  async reveal(id: string): Promise<void> {
    if (this.#tree.nodes.has(id)) await this.#view.reveal(id, { select: true, focus: true });
    else await commands.executeCommand(`${previewViewId}.focus`);
  }

  update(): void {
    const { views } = this.#store;
    const { filter, enabled } = this.#settings;
    const before = this.#tree;
    this.#tree = previewTree(views, filter);
    const changed = changedNodes(before, this.#tree);
    if (changed === "all") this.#fired.fire(undefined);
    else if (changed.length > 0) this.#fired.fire([...changed]);
    const state = enabled ? welcomeState(views, this.#tree, filter) : "off";
    this.#state.set(state);
    this.#filter.set(filter);
    this.#drawFrame(views, state);
  }

  getTreeItem(id: string): TreeItem {
    const node = this.#tree.nodes.get(id);
    return node ? toTreeItem(node) : new TreeItem("");
  }

  getChildren(id?: string): string[] {
    return [...(id === undefined ? this.#tree.roots : (this.#tree.nodes.get(id)?.children ?? []))];
  }

  getParent(id: string): string | undefined {
    return this.#tree.nodes.get(id)?.parent;
  }

  #drawFrame(views: FolderViews, state: WelcomeState): void {
    const description = viewDescription(views);
    if (this.#view.description !== description) this.#view.description = description ?? "";
    // A message would hide the welcome text.
    const message = state === "content" ? viewMessage(views) : undefined;
    if (this.#view.message !== message) this.#view.message = message ?? "";
    const next = badge(views);
    if (this.#view.badge?.value !== next?.value) this.#view.badge = next;
    this.#drawProgress([...views.values()].some((view) => view.running));
  }

  #drawProgress(running: boolean): void {
    if (running === (this.#finishProgress !== undefined)) return;
    this.#finishProgress?.();
    this.#finishProgress = undefined;
    if (!running) return;
    const finished = new Promise<void>((resolve) => (this.#finishProgress = resolve));
    void window.withProgress({ location: { viewId: previewViewId } }, () => finished);
  }
}

function toTreeItem(node: PreviewNode): TreeItem {
  const item = new TreeItem(node.label, collapsibleStates[node.expand]);
  item.id = node.id;
  item.description = node.description;
  item.tooltip = node.tooltip ? new MarkdownString(node.tooltip) : node.label;
  item.iconPath = new ThemeIcon(
    node.icon.id,
    node.icon.color ? new ThemeColor(node.icon.color) : undefined,
  );
  item.contextValue = node.contextValue;
  item.accessibilityInformation = { label: node.accessibleLabel };
  const command = clickCommand(node);
  if (command) item.command = { command, title: "Open", arguments: [node.id] };
  return item;
}

function clickCommand({ target }: PreviewNode): string | undefined {
  switch (target.kind) {
    case "change":
      return "sluice.openChange";
    case "problem":
      return target.place ? "sluice.goToSource" : undefined;
    case "risk":
      return target.place ? "sluice.goToSource" : "sluice.explainRisk";
    case "folder":
    case "cluster":
    case "applier":
      return undefined;
  }
}

const collapsibleStates: Readonly<Record<PreviewNode["expand"], TreeItemCollapsibleState>> = {
  expanded: TreeItemCollapsibleState.Expanded,
  collapsed: TreeItemCollapsibleState.Collapsed,
  leaf: TreeItemCollapsibleState.None,
};
