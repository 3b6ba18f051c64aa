/** What holds for one run of the server: trust, simulators, settings by folder. */
import type { Connection } from "vscode-languageserver";

import type { InitializationOptions, PlanNote, SluiceSettings } from "../protocol.ts";
import type { AgeKeys, ServerHost } from "./host.ts";
import { parseSettings } from "./settings.ts";
import { Simulators } from "./simulators.ts";

const untrusted: PlanNote = {
  code: "untrusted",
  message: "The workspace is not trusted: nothing is fetched and no key is read.",
};

export class Session {
  readonly simulators: Simulators;
  trusted = false;
  /** The workspace folders at the start. */
  folders: readonly string[] = [];
  readonly #connection: Connection;
  readonly #host: ServerHost;

  constructor(connection: Connection, host: ServerHost) {
    this.#connection = connection;
    this.#host = host;
    this.simulators = new Simulators(host);
  }

  initialize(options: InitializationOptions | undefined): void {
    this.trusted = options?.trusted === true;
    this.#host.initialize(options ?? { trusted: false });
  }

  /** Settings as they take effect: without trust everything is offline. */
  async settings(scopeUri: string): Promise<SluiceSettings> {
    const section: unknown = await this.#connection.workspace.getConfiguration({
      scopeUri,
      section: "sluice",
    });
    const settings = parseSettings(section);
    return this.trusted ? settings : { ...settings, offline: true, allowPrivateNetwork: false };
  }

  async ageKeys(settings: SluiceSettings): Promise<AgeKeys> {
    if (!this.trusted) return { identities: [], notes: [untrusted] };
    return this.#host.ageKeys(settings.ageKeyFile);
  }
}
