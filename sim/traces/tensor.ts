/** Tensors as both file formats give them: little-endian numbers in row-major order. */

export type Dtype = "int8" | "int16" | "float32" | "float64";

export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: Int8Array | Int16Array | Float32Array | Float64Array;
}

const DECODERS = {
  int8: { bytes: 1, create: (n: number) => new Int8Array(n), get: (v: DataView, at: number) => v.getInt8(at) },
  int16: { bytes: 2, create: (n: number) => new Int16Array(n), get: (v: DataView, at: number) => v.getInt16(at, true) },
  float32: { bytes: 4, create: (n: number) => new Float32Array(n), get: (v: DataView, at: number) => v.getFloat32(at, true) },
  float64: { bytes: 8, create: (n: number) => new Float64Array(n), get: (v: DataView, at: number) => v.getFloat64(at, true) },
};

export function bytesPerElement(dtype: Dtype): number {
  return DECODERS[dtype].bytes;
}

/**
 * Bytes of a tensor; a bigint, because a shape in a file may say anything.
 * @param shape non-negative integers.
 */
export function byteLength(shape: readonly number[], elementBytes: number): bigint {
  return shape.reduce((product, n) => product * BigInt(n), BigInt(elementBytes));
}

/** Reads the numbers in `bytes`, whose length the caller has checked against `shape`. Any alignment will do. */
export function decodeTensor(bytes: Uint8Array, dtype: Dtype, shape: readonly number[]): Tensor {
  const { bytes: size, create, get } = DECODERS[dtype];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = create(bytes.byteLength / size);
  for (let i = 0; i < data.length; i++) data[i] = get(view, i * size);
  return { dtype, shape, data };
}
