/** sha256 of the weights that generated text and package lists alone give: continuous integration repeats the training and compares. */
export const GENERATED_SHA256 = ''
