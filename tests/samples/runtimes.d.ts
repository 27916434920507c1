// What the samples take from Cloudflare's runtime. Its own package of types declares globals that contradict a browser's.

interface DurableObjectStorage {
  get<T>(key: string): Promise<T | undefined>;
  put(key: string, value: unknown): Promise<void>;
}

interface DurableObjectNamespace<T> {
  idFromName(name: string): unknown;
  /** What is called there by a method's name. */
  get(id: unknown): T;
}

interface Scheduler {
  wait(milliseconds: number): Promise<void>;
}

declare module 'cloudflare:workers' {
  export abstract class DurableObject {
    protected readonly ctx: { readonly storage: DurableObjectStorage };
  }
}

// React Native's network, whose own types need all of React Native.
declare module '@react-native-community/netinfo' {
  const NetInfo: {
    addEventListener(listener: (state: { isConnected: boolean | null }) => void): () => void;
  };
  export default NetInfo;
}
