/** A schema as the TypeScript that declares it: `eau2 schema NAME --ts`. */
import type { DataType } from "./data-types.js";
import type { Schema } from "./schema.js";

/** Plain identifiers stand as they are, all other names in quotes. */
const printName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

const printType = ({ type, items }: DataType): string => (items === undefined ? type : `list(${items.type})`);

/**
 * @param constant - what the schema is called.
 * @returns a module that compiles.
 */
export const printSchema = ({ columns }: Schema, constant: string): string => {
  const types = [...new Set(columns.flatMap(({ type }) => [type, type.items ?? type]).map(({ type }) => type))];
  const needsPairs = columns.some(({ name }) => /^(0|[1-9]\d*)$/.test(name) || name === "__proto__");
  const imports = [...types, needsPairs ? "schemaOf" : "schema"].sort().join(", ");
  const lines = columns.map(({ name, type }) =>
    needsPairs ? `  [${JSON.stringify(name)}, ${printType(type)}],` : `  ${printName(name)}: ${printType(type)},`,
  );
  const [open, close] = needsPairs ? ["schemaOf([", "])"] : ["schema({", "})"];
  return `import { ${imports} } from "@eau2/dataframe";\n\nexport const ${constant} = ${open}\n${lines.join("\n")}\n${close};\n`;
};
