/** The document of the graph view: nothing in it comes from a manifest or a cluster, and it may load only its own two files. Pure. */

export interface PageParts {
  /** Made anew for each document. */
  readonly nonce: string;
  /** Addresses of the script and the style sheet as the webview sees them. */
  readonly script: string;
  readonly style: string;
  /** Where the webview's own files come from. */
  readonly cspSource: string;
}

export function pageHtml({ nonce, script, style, cspSource }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `style-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Graph</title>
<link rel="stylesheet" href="${attribute(style)}">
</head>
<body>
<div id="graph"></div>
<script nonce="${attribute(nonce)}" src="${attribute(script)}"></script>
</body>
</html>`;
}

function attribute(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
