import type { Metafile } from 'esbuild';

export interface FolderBytes {
  /** A folder of a package's sources, or a file that lies in none. */
  readonly folder: string;
  readonly bytes: number;
  readonly files: readonly { readonly file: string; readonly bytes: number }[];
}

/** Where the bytes of a bundle come from, largest first. */
export function bytesByFolder({ outputs }: Metafile): FolderBytes[] {
  const folders = new Map<string, { file: string; bytes: number }[]>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [file, { bytesInOutput: bytes }] of Object.entries(inputs)) {
      if (bytes === 0) continue;
      const folder = folderOf(file);
      folders.set(folder, [...(folders.get(folder) ?? []), { file, bytes }]);
    }
  }
  return [...folders]
    .map(([folder, files]) => ({
      folder,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      files: files.toSorted((a, b) => b.bytes - a.bytes),
    }))
    .toSorted((a, b) => b.bytes - a.bytes);
}

/** `packages/core/src/session/token.ts` lies in `core/session`, `packages/core/src/run.ts` in none. */
function folderOf(file: string): string {
  const [, name, path] = /^packages\/([^/]+)\/src\/(.+)$/.exec(file) ?? [];
  if (name === undefined || path === undefined) return file;
  const [first = path, ...deeper] = path.split('/');
  return deeper.length === 0 ? `${name}/${path}` : `${name}/${first}/`;
}
