export interface Table {
  readonly revision: number;
}
