import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mutant } from './mutant.ts'
import { planted } from './mutant.ts'

/** From dist/sim/mutants to the repository. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** What no test and no run reads. */
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'node_modules', 'coverage', 'data'])

/** A copy of the sources and of what was compiled of them: mistakes are planted nowhere else. */
export class Copy {
  readonly root: string
  #undo: () => void = () => {}

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'tallyman-mutants-'))
    const filter = (from: string): boolean => !LEFT_OUT.has(relative(ROOT, from))
    cpSync(ROOT, this.root, { recursive: true, filter })
    symlinkSync(join(ROOT, 'node_modules'), join(this.root, 'node_modules'), 'dir')
  }

  /** Compiles the one file anew. Throws where the mistake cannot be planted or compiled. */
  plant(mutant: Mutant): void {
    this.heal()
    const source = join(this.root, mutant.file)
    const compiled = join(this.root, 'dist', mutant.file.replace(/\.ts$/, '.js'))
    const [text, code] = [readFileSync(source, 'utf8'), readFileSync(compiled, 'utf8')]
    this.#undo = () => {
      writeFileSync(source, text)
      writeFileSync(compiled, code)
    }
    writeFileSync(source, planted(text, mutant))
    this.#compile(source)
    if (readFileSync(compiled, 'utf8') === code) throw new Error(`${mutant.name} changes nothing`)
  }

  /** What is wrong with its types does not matter here, only that it is JavaScript. */
  #compile(source: string): void {
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
    const base = join(this.root, 'tsconfig.mutant.json')
    const compilerOptions = {
      composite: false,
      incremental: false,
      noCheck: true,
      noResolve: true,
      rootDir: this.root,
      outDir: join(this.root, 'dist'),
    }
    const config = { extends: './tsconfig.base.json', compilerOptions, files: [source] }
    writeFileSync(base, JSON.stringify(config))
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', base], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stdout)
  }

  /** As it was before the last mistake. */
  heal(): void {
    this.#undo()
    this.#undo = () => {}
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
