/**
 * One voice where the Red Hat YAML extension is installed too. It is given a schema for manifests that knows nothing and allows
 * everything, so that what it knows of them is not said twice; errors of YAML itself are left to it. Formatting, outline
 * and every other file stay what they are with it. Nobody is notified.
 */
import type { TextDocument } from "vscode";
import { extensions, Uri, workspace } from "vscode";
import type { Middleware } from "vscode-languageclient";

import { looksLikeManifest } from "../model/manifest-look.ts";
import { WithDisposables } from "../platform/disposables.ts";
import type { Log } from "../platform/log.ts";
import { fireAndForget } from "../platform/log.ts";

/** The part of its API that is used (vscode-yaml, `src/schema-extension-api.ts`). */
interface YamlApi {
  /**
   * `scheme` is that of the addresses which `requestSchema` gives. Where `label`, a key and a pattern, is found in a text, this
   * contributor alone is asked; one that throws is passed over.
   */
  registerContributor(
    scheme: string,
    requestSchema: (resource: string) => string,
    requestSchemaContent: (uri: string) => string,
    label: string,
  ): boolean;
}

const extensionId = "redhat.vscode-yaml";
const scheme = "sluice-manifest";
const schema = JSON.stringify({
  $schema: "http://json-schema.org/draft-07/schema#",
  // It shows this above the file.
  title: "Checked by Sluice",
});

export class RedHatYaml extends WithDisposables {
  readonly #isWanted: () => boolean;
  readonly #log: Log;
  #isAsked = false;

  /** `isWanted`: whether manifests are to be kept from it right now. */
  constructor(isWanted: () => boolean, log: Log) {
    super();
    this.#isWanted = isWanted;
    this.#log = log;
    this.own(extensions.onDidChange(() => this.#meet()));
    this.own(workspace.onDidOpenTextDocument(() => this.#meet()));
    this.#meet();
  }

  /** Between the server and the editor. */
  readonly provideDiagnostics: NonNullable<Middleware["provideDiagnostics"]> = async (
    document,
    previousResultId,
    token,
    next,
  ) => {
    const isPresent = extensions.getExtension(extensionId)?.isActive === true;
    // What was left out of the last report is not in the editor, so "unchanged" would be no answer.
    const report = await next(document, isPresent ? undefined : previousResultId, token);
    const isSaidThere = isPresent && "languageId" in document && this.#reportsSyntaxOf(document);
    if (!isSaidThere || !report || !("items" in report)) return report;
    return { ...report, items: report.items.filter(({ code }) => codeOf(code) !== "yaml/syntax") };
  };

  /** It starts with the first YAML file by itself; it is not started sooner because of Sluice. */
  #meet(): void {
    const extension = extensions.getExtension<YamlApi>(extensionId);
    if (this.#isAsked || !extension) return;
    if (!workspace.textDocuments.some(({ languageId }) => languageId === "yaml")) return;
    this.#isAsked = true;
    const registered = extension.activate().then((api) => {
      const schemaOf = (resource: string): string => this.#schemaOf(resource);
      api.registerContributor(scheme, schemaOf, () => schema, "apiVersion:\\S");
      this.#log.info("Red Hat YAML is here: manifests are checked by Sluice alone.");
    });
    fireAndForget(registered, this.#log);
  }

  /** Throws where the file is not a manifest: with no answer at all nobody else would be asked. */
  #schemaOf(resource: string): string {
    const uri = Uri.parse(resource, true).toString();
    const document = workspace.textDocuments.find((one) => one.uri.toString() === uri);
    if (document && this.#isWanted() && isOurs(document)) return `${scheme}://schema/manifest`;
    throw new Error("not a manifest of an open folder, so Sluice has no part in it");
  }

  #reportsSyntaxOf({ languageId, uri }: TextDocument): boolean {
    const isOn = workspace.getConfiguration("yaml", uri).get<boolean>("validate", true);
    return this.#isWanted() && languageId === "yaml" && isOn;
  }
}

function isOurs(document: TextDocument): boolean {
  const { uri } = document;
  return (
    workspace.getWorkspaceFolder(uri) !== undefined &&
    looksLikeManifest(uri.path, document.getText())
  );
}

function codeOf(code: unknown): unknown {
  return typeof code === "object" && code !== null && "value" in code ? code.value : code;
}
