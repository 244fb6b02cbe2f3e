/**
 * The part of the WebAssembly JavaScript API that kernels use. Declared here because neither the ES2023 library nor
 * Node's types declare it, and the DOM library would bring a thousand names that do not exist in a worker.
 */
export interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
}

declare const moduleBrand: unique symbol;
export interface WebAssemblyModule {
  readonly [moduleBrand]: true;
}

interface WebAssemblyNamespace {
  readonly Module: new (bytes: Uint8Array) => WebAssemblyModule;
  readonly Instance: new (
    module: WebAssemblyModule,
    imports: Readonly<Record<string, Readonly<Record<string, (value: number) => void>>>>,
  ) => { readonly exports: unknown };
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyNamespace }).WebAssembly;
