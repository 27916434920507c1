declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Tells whoever develops the application of something, once; a production build says nothing. */
export type Note = (topic: string, sentence: string) => void;

export function developerNotes(): Note {
  const told = new Set<string>();
  return (topic, sentence) => {
    if (!isDevelopment() || told.has(topic)) return;
    told.add(topic);
    console.warn(`Holdfast: ${sentence}`);
  };
}

function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== 'production';
  } catch {
    // A browser without a bundler has no `process`: nobody says that it is a development build.
    return false;
  }
}
