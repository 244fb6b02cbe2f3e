export { default } from "../../tooling/generator/src/turbo-generator.js";
