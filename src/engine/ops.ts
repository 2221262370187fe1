/**
 * The TensorFlow.js ops that cells and losses are written in. They are given them as an argument, `tf`, and import
 * their types only: the list of cells or losses can then be read without loading TensorFlow.js. Add what is missing.
 */
import * as tf from '@tensorflow/tfjs-core';

export const OPS = {
  add: tf.add,
  customGrad: tf.customGrad,
  div: tf.div,
  gather: tf.gather,
  logSumExp: tf.logSumExp,
  matMul: tf.matMul,
  maximum: tf.maximum,
  mean: tf.mean,
  mul: tf.mul,
  relu: tf.relu,
  reshape: tf.reshape,
  scatterND: tf.scatterND,
  sigmoid: tf.sigmoid,
  split: tf.split,
  square: tf.square,
  sub: tf.sub,
  tanh: tf.tanh,
  tensor: tf.tensor,
  tensor1d: tf.tensor1d,
  tensor2d: tf.tensor2d,
  transpose: tf.transpose,
};

export type Ops = typeof OPS;
