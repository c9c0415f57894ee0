/** A small cupboard in IndexedDB: one store, values by name. Without it (private windows) memory does. */

const NAME = 'rookery';
const STORE = 'kept';

const asked = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser keeps nothing'));
  });

export interface Disk {
  get<T>(name: string): Promise<T | undefined>;
  put(name: string, value: unknown): Promise<void>;
  remove(prefix: string): Promise<void>;
}

class Memory implements Disk {
  private readonly kept = new Map<string, unknown>();
  get<T>(name: string): Promise<T | undefined> {
    return Promise.resolve(this.kept.get(name) as T | undefined);
  }
  put(name: string, value: unknown): Promise<void> {
    this.kept.set(name, structuredClone(value));
    return Promise.resolve();
  }
  remove(prefix: string): Promise<void> {
    for (const name of [...this.kept.keys()]) if (name.startsWith(prefix)) this.kept.delete(name);
    return Promise.resolve();
  }
}

class Indexed implements Disk {
  constructor(private readonly base: IDBDatabase) {}
  private store(mode: IDBTransactionMode): IDBObjectStore {
    return this.base.transaction(STORE, mode).objectStore(STORE);
  }
  get<T>(name: string): Promise<T | undefined> {
    return asked(this.store('readonly').get(name) as IDBRequest<T | undefined>);
  }
  async put(name: string, value: unknown): Promise<void> {
    await asked(this.store('readwrite').put(value, name));
  }
  async remove(prefix: string): Promise<void> {
    await asked(this.store('readwrite').delete(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));
  }
}

export const memory = (): Disk => new Memory();

export const openDisk = async (): Promise<Disk> => {
  try {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    return new Indexed(await asked(request));
  } catch {
    return memory();
  }
};
