/**
 * Signed objects of Git, made once with throw-away keys that no longer exist: all point to a tree whose one file `a` holds
 * `1`. The tags point to the commit of the same kind.
 */

export const pgpCommit = `tree dec00055d1aeef644597adecb6680d94b5ed075f
author Test <test@example.test> 1704067200 +0000
committer Test <test@example.test> 1704067200 +0000
gpgsig -----BEGIN PGP SIGNATURE-----
 
 iIcEABYIAC8WIQRq0Z2kNOufhy2YENclxJ0WJZW2xAUCZZIAgBEcb25lQGV4YW1w
 bGUudGVzdAAKCRAlxJ0WJZW2xFkjAQDtXtXlEmfg8kHa4lZk9Y2c5aHCKC3iaprF
 NNbc3f3ytwD+LoRctWFbgFHMsblRgymgvp5OpOQaq6AdspeHEw5FcgI=
 =1iE1
 -----END PGP SIGNATURE-----

signed with PGP
`;

export const pgpTag = `object 27deee4b058f51421a93cc73844ee012aac14f98
type commit
tag v1
tagger Test <test@example.test> 1704067200 +0000

a signed tag
-----BEGIN PGP SIGNATURE-----

iIcEABYIAC8WIQRq0Z2kNOufhy2YENclxJ0WJZW2xAUCZZIAgBEcb25lQGV4YW1w
bGUudGVzdAAKCRAlxJ0WJZW2xBXEAQCWR2Hsw7SaUT0Oz8e1xV2lCEvZHC8Y2sH/
H9DFYDlvaAEAtjny5u6WsrEuUW+hESE/V5QytspYUNpHdmPxN7fvMQY=
=xxmR
-----END PGP SIGNATURE-----
`;

export const sshCommit = `tree dec00055d1aeef644597adecb6680d94b5ed075f
author Test <test@example.test> 1704067200 +0000
committer Test <test@example.test> 1704067200 +0000
gpgsig -----BEGIN SSH SIGNATURE-----
 U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgNMpVnV9rQSzuVjOTDERpuiHalW
 S9jU/WDZtFnN/ilEwAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5
 AAAAQAql9g6iRY4KX04EDYGRrTYWnhdWBr7cUc/lAhsO4deDotlBpu6GuTgCX+vhxv8Qyf
 +maIqt/DTD45P0DO3nXw8=
 -----END SSH SIGNATURE-----

signed with SSH
`;

export const sshTag = `object 4baead261a1763615220669d143decf068bc6f39
type commit
tag v2
tagger Test <test@example.test> 1704067200 +0000

a tag
-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgNMpVnV9rQSzuVjOTDERpuiHalW
S9jU/WDZtFnN/ilEwAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5
AAAAQKu56+VVcmZRU6CFGkiSScg3U/cKtcc5e3SRKNPtWBwguTuN9Dk5DxSBKra+qd8voq
MLDe40b6Re5qdviLfW2Q8=
-----END SSH SIGNATURE-----
`;

/** Made the signatures. */
export const pgpKey = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZZIAgBYJKwYBBAHaRw8BAQdAErsnlZiJZ3/lo3mEizk6v1TCLvcS/NDf7ufq
+fviic20G1Rlc3Qgb25lIDxvbmVAZXhhbXBsZS50ZXN0PoiQBBMWCAA4FiEEatGd
pDTrn4ctmBDXJcSdFiWVtsQFAmWSAIACGwMFCwkIBwIGFQoJCAsCBBYCAwECHgEC
F4AACgkQJcSdFiWVtsQ08wD7B/Fja9yIkH1biipqCMidcZ8trGIxGCsImBlGeUXA
C7wA/3blgPUWg+ozD3AAmxCBIcrgYmk6ukgMwJpi25aEhB0G
=m/D2
-----END PGP PUBLIC KEY BLOCK-----
`;

export const sshKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDTKVZ1fa0Es7lYzkwxEaboh2pVkvY1P1g2bRZzf4pRM one@example.test
`;

/** Made none. */
export const otherPgpKey = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZZIAgBYJKwYBBAHaRw8BAQdAyqPzVrrNp8pr2bsRzxDrjzVt6Fz4RvEUj2rb
tBUXUHC0G1Rlc3QgdHdvIDx0d29AZXhhbXBsZS50ZXN0PoiQBBMWCAA4FiEEvYMi
GPunX0EzVhdBzusrN1v1DW4FAmWSAIACGwMFCwkIBwIGFQoJCAsCBBYCAwECHgEC
F4AACgkQzusrN1v1DW5k/wEA5ZRKOTfsru7ws44vynRuCPdvVnJa8vvtgQzjM8fF
5XsBAMbUcH7Db4+Ec7XMIlLz2kpIryxVcBDghcNoA3z97ywN
=xyQn
-----END PGP PUBLIC KEY BLOCK-----
`;

export const otherSshKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINT9IwR7FdSMJS7Q9vZSRz83OrADZVp4Jyn2EsJjPsUb two@example.test
`;
