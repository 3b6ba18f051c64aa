/** The language server in a real VS Code with Node.js. */
import { languageTests } from "../support/language-tests.ts";

languageTests("Language server");
