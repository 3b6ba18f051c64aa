/** The views of all folders, kept up to date by the server's messages. */
import type { Event } from "vscode";
import { EventEmitter } from "vscode";

import type { FolderViews } from "../model/folder-view.ts";
import { nextViews } from "../model/folder-view.ts";
import { WithDisposables } from "../platform/disposables.ts";
import type { ServerLink } from "./server-link.ts";

export class PlanStore extends WithDisposables {
  #views: FolderViews = new Map();
  readonly #changed = this.own(new EventEmitter<FolderViews>());
  readonly onDidChange: Event<FolderViews> = this.#changed.event;

  constructor(link: ServerLink) {
    super();
    this.own(link.onPlan((message) => this.#set(nextViews(this.#views, message))));
    this.own(link.onStopped(() => this.#set(new Map())));
  }

  get views(): FolderViews {
    return this.#views;
  }

  #set(views: FolderViews): void {
    if (views === this.#views) return;
    this.#views = views;
    this.#changed.fire(views);
  }
}
