/** A row of the fault catalogue: its number stays, whatever becomes of the rows around it. */
export type FaultRow = `F${number}`
