# Keys and settings.

keys = Teclas
keys-no-model = O modelo ainda não é conhecido, por isso não se sabe quantas teclas tem.
key-free = livre
key-does = Ela faz
key-kind-line = Linha
key-kind-blf = Lâmpada de ocupado (BLF)
key-kind-speed-dial = Discagem rápida
key-kind-record = Gravar chamada
key-unset = Deixar livre
module-n = Módulo de expansão { $n }
label = Rótulo
hint-key-value = O número a observar ou discar; nenhum para linha ou gravação.
rule-key-kind = Escolha o que a tecla faz.
settings = Configurações
settings-about-device = O que vale para este telefone, e de onde vem. O que é definido aqui vale antes de tudo.
settings-about-tenant = O que vale para todos os telefones, salvo se modelo, perfil ou aparelho disserem outra coisa.
setting = Configuração
value = Valor
comes-from = Vem de
setting-unset = Desfazer
error-key-wrong = Lâmpada e discagem rápida precisam de um número: dígitos, * e #, com + na frente se quiser. Linha e gravação não têm.
error-key-beyond-model = O modelo tem menos teclas.
error-key-not-set = Esta tecla já está livre.
error-setting-value-wrong = A configuração não aceita este valor.
error-setting-unknown = Essa configuração não existe.
error-setting-not-set = Não está definida aqui.
