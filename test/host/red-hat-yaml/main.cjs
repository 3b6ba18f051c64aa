// Stands in for the Red Hat YAML extension: contributors of schemas register as in its src/schema-extension-api.ts (1.25). It
// reports on every open YAML file which schema it would use, and errors of YAML that a glance can see.
const vscode = require("vscode");

/** What the real extension uses for a file that nobody claims. */
const ownSchema = "https://json.schemastore.org/by-file-name.json";

exports.activate = (context) => {
  const contributors = new Map();
  const diagnostics = vscode.languages.createDiagnosticCollection("stand-in");
  const look = (document) => {
    if (document.languageId !== "yaml") return;
    diagnostics.set(document.uri, report(document, contributors));
  };
  const lookAtAll = () => vscode.workspace.textDocuments.forEach(look);
  lookAtAll();
  context.subscriptions.push(
    diagnostics,
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument(({ document }) => look(document)),
    vscode.workspace.onDidChangeConfiguration(lookAtAll),
  );
  return {
    registerContributor(scheme, requestSchema, requestSchemaContent, label) {
      if (contributors.has(scheme)) return false;
      if (!requestSchema) throw new Error("Illegal parameter for requestSchema.");
      const [key, pattern] = label?.split(":") ?? [];
      const found = pattern && new RegExp(`${key}:[\t ]+${pattern.trim().replaceAll(".", "\\.")}`);
      contributors.set(scheme, { requestSchema, requestSchemaContent, label: found });
      lookAtAll();
      return true;
    },
    modifySchemaContent: async () => undefined,
  };
};

function report(document, contributors) {
  if (!vscode.workspace.getConfiguration("yaml").get("validate")) return [];
  const at = new vscode.Range(0, 0, 0, 1);
  const schemas = schemasOf(document, contributors);
  const found = (schemas.length > 0 ? schemas : [ownSchema]).map(
    (uri) => new vscode.Diagnostic(at, `schema ${uri} ${contentOf(uri, contributors)}`),
  );
  if (/: "[^"\n]*$/m.test(document.getText()))
    found.push(new vscode.Diagnostic(at, "Missing closing quote"));
  for (const one of found) one.source = "YAML";
  return found;
}

/** A label that is found in the text decides alone; a contributor that throws is passed over. */
function schemasOf(document, contributors) {
  const resource = document.uri.toString();
  const matches = [];
  for (const { requestSchema, label } of contributors.values()) {
    try {
      if (label?.test(document.getText())) return [requestSchema(resource)];
      const uri = requestSchema(resource);
      if (uri) matches.push(uri);
    } catch {
      continue;
    }
  }
  return matches;
}

function contentOf(uri, contributors) {
  const contributor = contributors.get(vscode.Uri.parse(uri).scheme);
  return contributor ? contributor.requestSchemaContent(uri) : "";
}
