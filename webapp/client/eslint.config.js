import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

const dangerous = "The page's CSP forbids inline markup; build nodes with Preact instead.";

export default ts.config(
  { ignores: ["node_modules", "src/shared/api/openapi.ts"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      complexity: ["error", { max: 12, variant: "modified" }],
      "max-lines": ["error", { max: 400, skipBlankLines: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "no-console": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: dangerous },
        { property: "outerHTML", message: dangerous },
        { property: "dangerouslySetInnerHTML", message: dangerous },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    files: ["src/patrol/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/dispatch/**", "**/map/**"] }] },
  },
  {
    files: ["src/dispatch/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/patrol/**"] }] },
  },
  {
    files: ["src/shared/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/patrol/**", "**/dispatch/**", "**/map/**", "**/audit/**"] }] },
  },
  { files: ["tests/**"], rules: { "@typescript-eslint/no-non-null-assertion": "off" } },
  { files: ["eslint.config.js"], ...ts.configs.disableTypeChecked },
);
