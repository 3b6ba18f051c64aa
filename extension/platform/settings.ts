/** The settings of the manifest with their types, and the choices that a person made for this workspace only. */
import type { Event, Memento } from "vscode";
import { EventEmitter, workspace } from "vscode";

import type { DiagnosticsSettings, SluiceSettings } from "#protocol";

import type { StopOn } from "../model/push/push-gate.ts";
import { stopWords } from "../model/push/push-gate.ts";
import type { PreviewFilter } from "../model/preview-tree.ts";
import { WithDisposables } from "./disposables.ts";

/** Every key of the manifest's configuration, without `sluice.`. */
const settingKeys = [
  "enable",
  "base",
  "paths",
  "fluxVersion",
  "kubeVersion",
  "featureGates",
  "offline",
  "allowPrivateNetwork",
  "ageKeyFile",
  "diagnostics.severity",
  "diagnostics.ignore",
  "risks",
  "keepManifestsFromRedHatYaml",
  "trace.server",
  "push.stopOn",
  "publish.address",
  "publish.path",
] as const satisfies readonly (
  | keyof SluiceSettings
  | `diagnostics.${keyof DiagnosticsSettings}`
  | "enable"
  | "keepManifestsFromRedHatYaml"
  | "trace.server"
  | "push.stopOn"
  | "publish.address"
  | "publish.path"
)[];

const filterKey = "sluice.filter";
const baseKey = "sluice.base";

export class Settings extends WithDisposables {
  readonly #memento: Memento;
  readonly #changed = this.own(new EventEmitter<void>());
  /** A setting or a choice changed. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(memento: Memento) {
    super();
    this.#memento = memento;
    this.own(
      workspace.onDidChangeConfiguration((event) => {
        const keys = [...settingKeys, "cluster.decryptionKeys"];
        if (keys.some((key) => event.affectsConfiguration(`sluice.${key}`))) this.#changed.fire();
      }),
    );
  }

  get enabled(): boolean {
    return workspace.getConfiguration("sluice").get<boolean>("enable", true);
  }

  /** Whether the Red Hat YAML extension is asked to leave manifests alone. */
  get keepsManifests(): boolean {
    return workspace.getConfiguration("sluice").get<boolean>("keepManifestsFromRedHatYaml", true);
  }

  /** From where on a push has to be confirmed by name. */
  get pushStopOn(): StopOn {
    const value = workspace.getConfiguration("sluice").get<string>("push.stopOn", "high");
    return stopWords.find((word) => word === value) ?? "high";
  }

  /** Whether sources may be inside of the user's network. */
  get allowPrivateNetwork(): boolean {
    return workspace.getConfiguration("sluice").get<boolean>("allowPrivateNetwork", false);
  }

  get publishAddress(): string {
    return workspace.getConfiguration("sluice").get<string>("publish.address", "");
  }

  get publishPath(): string {
    return workspace.getConfiguration("sluice").get<string>("publish.path", "");
  }

  /** Only the user's own setting counts: a repository must not choose to read keys. */
  get clusterKeys(): boolean {
    const found = workspace.getConfiguration("sluice").inspect<boolean>("cluster.decryptionKeys");
    return found?.globalValue === true;
  }

  /** What the setting says, not what was chosen. */
  get configuredBase(): string {
    return workspace.getConfiguration("sluice").get<string>("base", "HEAD") || "HEAD";
  }

  /** Chosen with "Compare With…"; stays out of the settings file, which may belong to the repository. */
  get chosenBase(): string | undefined {
    return this.#memento.get<string>(baseKey);
  }

  async chooseBase(base: string | undefined): Promise<void> {
    await this.#memento.update(baseKey, base);
    this.#changed.fire();
  }

  get filter(): PreviewFilter {
    return this.#memento.get<PreviewFilter>(filterKey, "changes");
  }

  async chooseFilter(filter: PreviewFilter): Promise<void> {
    await this.#memento.update(filterKey, filter);
  }
}
