/** sha256 of the weights that generated text and package lists alone give: continuous integration repeats the training and compares. */
export const GENERATED_SHA256 = '2d99cc1d262451c5e9420c2bd8d5e413ab8e136cc881410e1bf4bd6221b05bc9'
