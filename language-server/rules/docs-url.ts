/** Where a rule is documented: a page for each in `docs/rules`. */

export function docsPage(rule: string): string {
  return `${rule.replaceAll("/", "-")}.md`;
}
