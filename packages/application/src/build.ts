/** The version that nodes tell each other; tested to be the package's own. */
export const BUILD = "0.1.0";
