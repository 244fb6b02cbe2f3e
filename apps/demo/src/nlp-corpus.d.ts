declare module "nlp-corpus" {
  const corpus: { all(): string[] };
  export default corpus;
}
