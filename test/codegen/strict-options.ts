/** Generated code passes tsc with all of these. */
export const strictOptions = {
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  ...{ noUnusedLocals: true, noUnusedParameters: true, noImplicitReturns: true },
  ...{ verbatimModuleSyntax: true, isolatedModules: true, erasableSyntaxOnly: true },
  // Checking the standard library's own declarations takes seconds and shows nothing of ours.
  ...{ skipLibCheck: true, noEmit: true, target: "es2023", lib: ["es2023", "dom"], types: [] },
  ...{ module: "esnext", moduleResolution: "bundler" },
};
