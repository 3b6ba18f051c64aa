/** What holds for one run of the server: trust, simulators, settings by folder. */
import type { ClientCapabilities, Connection } from "vscode-languageserver";

import type { InitializationOptions, PlanNote, SluiceSettings } from "../protocol.ts";
import type { AgeKeys, ServerHost } from "./host.ts";
import type { MakeCatalog } from "../model/model-store.ts";
import { createCatalog } from "../schema/create-catalog.ts";
import { loadPacks } from "../schema/packs.ts";
import { parseSettings } from "./settings.ts";
import { LiveClusters } from "./live-clusters.ts";
import { Simulators } from "./simulators.ts";

const untrusted: PlanNote = {
  code: "untrusted",
  message: "The workspace is not trusted: nothing is fetched and no key is read.",
};

export class Session {
  readonly simulators: Simulators;
  readonly clusters: LiveClusters;
  trusted = false;
  rulesDocs: string | undefined;
  /** The workspace folders at the start. */
  folders: readonly string[] = [];
  readonly #connection: Connection;
  readonly #host: ServerHost;
  #schemas: Promise<MakeCatalog | undefined> | undefined;

  constructor(connection: Connection, host: ServerHost) {
    this.#connection = connection;
    this.#host = host;
    this.simulators = new Simulators(host);
    this.clusters = new LiveClusters(connection);
  }

  /** What the client can do. */
  client: ClientCapabilities = {};
  /** The client asks for diagnostics when it wants them. */
  get pullsDiagnostics(): boolean {
    return this.client.textDocument?.diagnostic !== undefined;
  }

  initialize(options: InitializationOptions | undefined): void {
    this.trusted = options?.trusted === true;
    this.rulesDocs = options?.rulesDocs;
    this.#host.initialize(options ?? { trusted: false });
  }

  /** Read once; `undefined` where no schemas are shipped. */
  schemas(): Promise<MakeCatalog | undefined> {
    this.#schemas ??= this.#readSchemas();
    return this.#schemas;
  }

  async #readSchemas(): Promise<MakeCatalog | undefined> {
    const read = this.#host.readSchemas;
    if (!read) return undefined;
    const packs = await loadPacks(read);
    return (options, workspace) => createCatalog(packs, { ...options, workspace });
  }

  /** Settings as they take effect: without trust everything is offline. */
  async settings(scopeUri: string): Promise<SluiceSettings> {
    const isAsked = this.client.workspace?.configuration === true;
    const section: unknown = isAsked
      ? await this.#connection.workspace.getConfiguration({ scopeUri, section: "sluice" })
      : undefined;
    const settings = parseSettings(section);
    return this.trusted
      ? settings
      : { ...settings, offline: true, allowPrivateNetwork: false, clusterKeys: false };
  }

  async ageKeys(settings: SluiceSettings): Promise<AgeKeys> {
    if (!this.trusted) return { identities: [], notes: [untrusted] };
    return this.#host.ageKeys(settings.ageKeyFile);
  }
}
